//! Shared parts of the suite.
