mod cards;
mod corners;
mod data;
mod employee;
mod firm;
mod properties;
mod reports;
mod rules;
