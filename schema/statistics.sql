-- SPDX-License-Identifier: MIT
-- How large SQLite takes the tables for that are small beside the purchases: rows, and rows that share the first column of an index, the
-- first two, ... The same in every database, in place of ANALYZE: so each query goes the same way everywhere, which a test looks at.

ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
('period', 'sqlite_autoindex_period_1', '24 1'),
('customer', 'sqlite_autoindex_customer_1', '300 1'),
('subscription', 'sqlite_autoindex_subscription_1', '1000 1'),
('subscription', 'sqlite_autoindex_subscription_2', '1000 2 1'),
('subscription', 'subscription_by_customer', '1000 3'),
('slice', 'sqlite_autoindex_slice_1', '200000 200 1'),
('part', 'part_by_period', '200000 200 40 1'),
('part', 'part_by_day', '200000 200 2 1'),
('run', NULL, '1000'),
('rate_card', NULL, '20');
ANALYZE sqlite_schema;
