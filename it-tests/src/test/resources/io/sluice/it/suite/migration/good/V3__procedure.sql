DELIMITER $$
CREATE PROCEDURE count_items()
BEGIN
    DECLARE found INT;
    SELECT COUNT(*) INTO found FROM items;
    SELECT found;
END$$
DELIMITER ;
