//! SQL of charts.
