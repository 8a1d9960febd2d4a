//! Half-open spans of instants and sorted, disjoint sets of them.
//!
//! In: instants. Out: unions, intersections, differences, "is it inside".
//! Why so: every source of access is a set of windows, and "may open the union" (P-24) is then one operation.
//! Always: a [`Window`] is never empty; [`Windows`] are sorted, disjoint, and touching windows are one (P-24).

use serde::{Deserialize, Serialize};

use crate::Instant;

/// `[from, until)`, never empty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Window {
    /// The first instant inside.
    pub from: Instant,
    /// The first instant no longer inside.
    pub until: Instant,
}

impl Window {
    /// The whole of time.
    pub const ALWAYS: Self = Self {
        from: Instant::MIN,
        until: Instant::MAX,
    };

    /// `None` when nothing lies between the two.
    pub fn new(from: Instant, until: Instant) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// Is the instant inside? Half-open: `from` is, `until` is not.
    pub fn contains(self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }

    /// What both have in common.
    pub fn clip(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.until.min(other.until))
    }
}

/// Sorted, disjoint windows; touching ones are merged.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Windows(Vec<Window>);

impl Windows {
    /// Nothing.
    pub const NONE: Self = Self(Vec::new());

    /// The union of any windows, in any order.
    pub fn union(windows: impl IntoIterator<Item = Window>) -> Self {
        let mut all: Vec<Window> = windows.into_iter().collect();
        all.sort_unstable();
        let mut merged: Vec<Window> = Vec::with_capacity(all.len());
        for next in all {
            match merged.last_mut() {
                Some(last) if next.from <= last.until => last.until = last.until.max(next.until),
                _ => merged.push(next),
            }
        }
        Self(merged)
    }

    /// What lies in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = Vec::new();
        while let (Some(&&x), Some(&&y)) = (a.peek(), b.peek()) {
            common.extend(x.clip(y));
            if x.until <= y.until {
                a.next();
            } else {
                b.next();
            }
        }
        Self(common)
    }

    /// What lies in this but not in the other.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for window in &self.0 {
            let mut from = window.from;
            for hole in other
                .0
                .iter()
                .filter(|hole| hole.until > window.from && hole.from < window.until)
            {
                left.extend(Window::new(from, hole.from));
                from = from.max(hole.until);
            }
            left.extend(Window::new(from, window.until));
        }
        Self(left)
    }

    /// Only what lies inside one window.
    #[must_use]
    pub fn clip(&self, to: Window) -> Self {
        Self(self.0.iter().filter_map(|window| window.clip(to)).collect())
    }

    /// Is the instant inside one of them?
    pub fn contains(&self, at: Instant) -> bool {
        self.at(at).is_some()
    }

    /// The window around an instant.
    pub fn at(&self, at: Instant) -> Option<Window> {
        let next = self.0.partition_point(|window| window.from <= at);
        next.checked_sub(1)
            .map(|i| self.0[i])
            .filter(|window| window.contains(at))
    }

    /// The next instant after `at` at which "inside" flips, if any.
    pub fn next_edge(&self, at: Instant) -> Option<Instant> {
        self.0
            .iter()
            .flat_map(|window| [window.from, window.until])
            .find(|edge| *edge > at && !edge.is_open())
    }

    /// Nothing at all?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = Window> + '_ {
        self.0.iter().copied()
    }

    /// In order, as a slice.
    pub fn as_slice(&self) -> &[Window] {
        &self.0
    }
}

impl From<Window> for Windows {
    fn from(window: Window) -> Self {
        Self(vec![window])
    }
}

impl FromIterator<Window> for Windows {
    fn from_iter<I: IntoIterator<Item = Window>>(windows: I) -> Self {
        Self::union(windows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn w(from: i64, until: i64) -> Window {
        Window::new(Instant::from_ms(from), Instant::from_ms(until)).expect("test windows are not empty")
    }

    #[test]
    fn touching_windows_are_one() {
        assert_eq!(
            Windows::union([w(5, 9), w(0, 5), w(20, 30)]).as_slice(),
            [w(0, 9), w(20, 30)]
        );
    }

    #[test]
    fn subtracting_leaves_both_sides_of_a_hole() {
        let left = Windows::union([w(0, 10)]).subtract(&Windows::union([w(3, 4), w(6, 20)]));
        assert_eq!(left.as_slice(), [w(0, 3), w(4, 6)]);
    }

    #[test]
    fn the_end_is_outside_and_the_start_inside() {
        let windows = Windows::union([w(3, 4), w(6, 20)]);
        assert!(windows.contains(Instant::from_ms(3)) && !windows.contains(Instant::from_ms(4)));
        assert_eq!(windows.next_edge(Instant::from_ms(4)), Some(Instant::from_ms(6)));
    }

    #[test]
    fn intersecting_walks_both_lists() {
        let common = Windows::union([w(0, 10), w(20, 30)]).intersect(&Windows::union([w(5, 25)]));
        assert_eq!(common.as_slice(), [w(5, 10), w(20, 25)]);
    }
}
