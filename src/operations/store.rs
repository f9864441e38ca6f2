//! Counts over the tables of others, for the doctor.
