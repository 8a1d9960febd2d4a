//! The comparison for a vendor with dates: cases, and properties over random rows and wishes.

mod cases;
mod properties;
mod table;
