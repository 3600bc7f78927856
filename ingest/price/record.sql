-- Price ids in the books that the table of prices does not know yet.
SELECT DISTINCT price_id AS id FROM usage_hourly WHERE price_id != '' AND price_id NOT IN (SELECT p.price_id FROM prices AS p)
