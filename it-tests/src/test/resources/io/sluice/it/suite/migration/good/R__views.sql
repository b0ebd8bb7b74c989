CREATE OR REPLACE VIEW named AS SELECT name FROM items JOIN tags ON tags.item = items.id;
