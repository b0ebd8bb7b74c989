SET foreign_key_checks = 0;
SET @first = 'one; or two';
INSERT INTO items (name) VALUES (@first), ('second'); -- by a variable
INSERT INTO tags SELECT id, 'new' FROM items;
