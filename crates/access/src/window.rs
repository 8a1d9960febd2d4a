//! Half-open spans of instants and sorted, disjoint sets of them.
//!
//! In: instants. Out: unions, intersections, differences, "is it inside".
//! Why so: every source of access is a set of windows, and "may open the union" (P-24) is then one operation.
//! Always: a [`Window`] is never empty; [`Windows`] are sorted, disjoint, and touching windows are one (P-24).
//! A single window, by far the commonest set, is held in place: whole networks are computed without a list for each.

use serde::{Deserialize, Serialize, Serializer};

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
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Deserialize)]
#[serde(from = "Vec<Window>")]
pub struct Windows(Set);

/// Each number of windows has exactly one form, so equal sets are equal values.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
enum Set {
    #[default]
    Empty,
    One(Window),
    /// At least two.
    Many(Vec<Window>),
}

impl Windows {
    /// Nothing.
    pub const NONE: Self = Self(Set::Empty);

    /// The union of any windows, in any order.
    pub fn union(windows: impl IntoIterator<Item = Window>) -> Self {
        let mut windows = windows.into_iter();
        let Some(first) = windows.next() else {
            return Self::NONE;
        };
        let Some(second) = windows.next() else {
            return Self::from(first);
        };
        let mut all: Vec<Window> = [first, second].into_iter().chain(windows).collect();
        all.sort_unstable();
        all.dedup_by(|next, last| {
            let touches = next.from <= last.until;
            if touches {
                last.until = last.until.max(next.until);
            }
            touches
        });
        Self::in_order(all)
    }

    /// Windows that are sorted and disjoint already.
    fn in_order(windows: Vec<Window>) -> Self {
        Self(match windows[..] {
            [] => Set::Empty,
            [one] => Set::One(one),
            _ => Set::Many(windows),
        })
    }

    /// What lies in both.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut a, mut b) = (self.iter().peekable(), other.iter().peekable());
        let mut common = Vec::new();
        while let (Some(&x), Some(&y)) = (a.peek(), b.peek()) {
            common.extend(x.clip(y));
            if x.until <= y.until {
                a.next();
            } else {
                b.next();
            }
        }
        Self::in_order(common)
    }

    /// What lies in this but not in the other.
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for window in self.iter() {
            let mut from = window.from;
            for hole in other
                .iter()
                .filter(|hole| hole.until > window.from && hole.from < window.until)
            {
                left.extend(Window::new(from, hole.from));
                from = from.max(hole.until);
            }
            left.extend(Window::new(from, window.until));
        }
        Self::in_order(left)
    }

    /// Only what lies inside one window.
    #[must_use]
    pub fn clip(&self, to: Window) -> Self {
        Self::in_order(self.iter().filter_map(|window| window.clip(to)).collect())
    }

    /// Without those that ended by `now`; a running one stays whole.
    #[must_use]
    pub fn not_over(self, now: Instant) -> Self {
        match self.as_slice().partition_point(|window| window.until <= now) {
            0 => self,
            over => Self::in_order(self.as_slice()[over..].to_vec()),
        }
    }

    /// Is anything of them later than `now`?
    pub fn lasts_beyond(&self, now: Instant) -> bool {
        self.as_slice().last().is_some_and(|window| window.until > now)
    }

    /// Is the instant inside one of them?
    pub fn contains(&self, at: Instant) -> bool {
        self.at(at).is_some()
    }

    /// The window around an instant.
    pub fn at(&self, at: Instant) -> Option<Window> {
        let windows = self.as_slice();
        let next = windows.partition_point(|window| window.from <= at);
        next.checked_sub(1)
            .map(|i| windows[i])
            .filter(|window| window.contains(at))
    }

    /// The next instant after `at` at which "inside" flips, if any.
    pub fn next_edge(&self, at: Instant) -> Option<Instant> {
        self.iter()
            .flat_map(|window| [window.from, window.until])
            .find(|edge| *edge > at && !edge.is_open())
    }

    /// Nothing at all?
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = Window> + '_ {
        self.as_slice().iter().copied()
    }

    /// In order, as a slice.
    pub fn as_slice(&self) -> &[Window] {
        match &self.0 {
            Set::Empty => &[],
            Set::One(window) => std::slice::from_ref(window),
            Set::Many(windows) => windows,
        }
    }
}

impl From<Window> for Windows {
    fn from(window: Window) -> Self {
        Self(Set::One(window))
    }
}

impl From<Vec<Window>> for Windows {
    fn from(windows: Vec<Window>) -> Self {
        Self::union(windows)
    }
}

impl Serialize for Windows {
    /// As a plain list.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_slice().serialize(serializer)
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
    fn what_is_over_falls_away_and_what_runs_stays_whole() {
        let windows = Windows::union([w(0, 2), w(3, 5), w(6, 9), w(12, 20)]);
        let left = |now| windows.clone().not_over(Instant::from_ms(now));
        assert_eq!(left(0), windows);
        assert_eq!(left(5).as_slice(), [w(6, 9), w(12, 20)], "the end is outside");
        assert_eq!(left(8).as_slice(), [w(6, 9), w(12, 20)]);
        assert_eq!(left(12), Windows::from(w(12, 20)));
        assert!(left(20).is_empty());
    }

    #[test]
    fn equal_sets_are_equal_however_they_were_made() {
        let joined = Windows::union([w(4, 9), w(0, 5), w(1, 2)]);
        assert_eq!(joined, Windows::from(w(0, 9)));
        assert_eq!(joined.subtract(&Windows::from(w(0, 9))), Windows::NONE);
        assert_eq!(Windows::union([w(0, 3), w(5, 9)]).clip(w(4, 6)), Windows::from(w(5, 6)));
    }

    #[test]
    fn intersecting_walks_both_lists() {
        let common = Windows::union([w(0, 10), w(20, 30)]).intersect(&Windows::union([w(5, 25)]));
        assert_eq!(common.as_slice(), [w(5, 10), w(20, 25)]);
    }
}
