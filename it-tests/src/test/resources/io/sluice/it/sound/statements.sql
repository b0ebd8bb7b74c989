-- Statements of SoundnessIT, one a line: what benchmarks, content management systems and object-relational mappers send.
CREATE TABLE sbtest1 (id INT AUTO_INCREMENT PRIMARY KEY, k INT NOT NULL DEFAULT 0, c CHAR(120) NOT NULL DEFAULT '', pad CHAR(60) NOT NULL DEFAULT '', KEY k_1 (k))
CREATE TABLE warehouse (w_id SMALLINT PRIMARY KEY, w_name VARCHAR(10), w_tax DECIMAL(4,4), w_ytd DECIMAL(12,2))
CREATE TABLE stock (s_i_id INT, s_w_id SMALLINT, s_quantity SMALLINT, s_dist_01 CHAR(24), s_ytd DECIMAL(8,0), PRIMARY KEY (s_w_id, s_i_id))
CREATE TABLE orders (o_id INT, o_w_id SMALLINT, o_d_id TINYINT, o_c_id INT, o_entry_d DATETIME, o_carrier_id TINYINT, PRIMARY KEY (o_w_id, o_d_id, o_id))
CREATE TABLE order_line (ol_o_id INT, ol_w_id SMALLINT, ol_d_id TINYINT, ol_number TINYINT, ol_i_id INT, ol_amount DECIMAL(6,2), PRIMARY KEY (ol_w_id, ol_d_id, ol_o_id, ol_number))
CREATE TABLE wp_posts (ID BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, post_author BIGINT UNSIGNED, post_date DATETIME, post_title TEXT, post_content LONGTEXT, post_status VARCHAR(20), post_type VARCHAR(20), post_parent BIGINT UNSIGNED, FULLTEXT KEY words (post_title, post_content))
CREATE TABLE wp_postmeta (meta_id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, post_id BIGINT UNSIGNED, meta_key VARCHAR(191), meta_value LONGTEXT)
CREATE TABLE wp_options (option_id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, option_name VARCHAR(191), option_value LONGTEXT, autoload VARCHAR(20))
CREATE TABLE wp_terms (term_id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(200), slug VARCHAR(200))
CREATE TABLE auth_user (id INT AUTO_INCREMENT PRIMARY KEY, username VARCHAR(150), password VARCHAR(128), last_login DATETIME(6), is_active BOOL, date_joined DATETIME(6))
CREATE TABLE polls_choice (id INT AUTO_INCREMENT PRIMARY KEY, choice_text VARCHAR(200), votes INT, question_id INT, details JSON)
CREATE TABLE book (id BIGINT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(255), author_id BIGINT, published DATE, price DECIMAL(10,2), version INT)
CREATE TABLE author (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), dtype VARCHAR(31))
CREATE TABLE place (id INT PRIMARY KEY, at POINT NOT NULL)
INSERT INTO sbtest1 (k, c, pad) VALUES (1, 'a', 'b'), (2, 'c', 'd'), (3, 'e', 'f')
INSERT INTO warehouse VALUES (1, 'one', 0.1, 300000)
INSERT INTO stock VALUES (1, 1, 10, 'x', 0), (2, 1, 90, 'y', 0)
INSERT INTO orders VALUES (1, 1, 1, 1, NOW(), NULL), (2, 1, 1, 2, NOW(), 3)
INSERT INTO order_line VALUES (1, 1, 1, 1, 1, 5.5), (2, 1, 1, 1, 2, 6.5)
INSERT INTO wp_posts (post_author, post_date, post_title, post_content, post_status, post_type, post_parent) VALUES (1, NOW(), 'Hello world', 'Welcome', 'publish', 'post', 0)
INSERT INTO wp_postmeta (post_id, meta_key, meta_value) VALUES (1, '_edit_lock', '1:1')
INSERT INTO wp_options (option_name, option_value, autoload) VALUES ('siteurl', 'http://localhost', 'yes')
INSERT INTO wp_terms (name, slug) VALUES ('Uncategorized', 'uncategorized')
INSERT INTO auth_user (username, password, is_active, date_joined) VALUES ('admin', 'x', 1, NOW())
INSERT INTO polls_choice (choice_text, votes, question_id, details) VALUES ('yes', 3, 1, '{"a": [1, 2]}')
INSERT INTO book (title, author_id, published, price, version) VALUES ('One', 1, '2020-01-01', 9.99, 0), ('Two', 1, '2021-01-01', 19.99, 1)
INSERT INTO author (name, dtype) VALUES ('Somebody', 'Author')
INSERT INTO place VALUES (1, POINT(1, 2))
SELECT c FROM sbtest1 WHERE id=1
SELECT c FROM sbtest1 WHERE id BETWEEN 1 AND 100
SELECT SUM(k) FROM sbtest1 WHERE id BETWEEN 1 AND 100
SELECT c FROM sbtest1 WHERE id BETWEEN 1 AND 100 ORDER BY c
SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN 1 AND 100 ORDER BY c
SELECT id, k, c, pad FROM sbtest1 WHERE k IN (1, 2, 3)
SELECT count(k) FROM sbtest1 WHERE k BETWEEN 1 AND 2 OR k BETWEEN 3 AND 4
SELECT w_tax FROM warehouse WHERE w_id = 1
SELECT s_quantity, s_dist_01 FROM stock WHERE s_i_id = 1 AND s_w_id= 1
SELECT count(DISTINCT(s_i_id)) FROM order_line, stock WHERE ol_w_id = 1 AND ol_d_id = 1 AND ol_o_id < 3 AND ol_o_id >= (3 - 20) AND s_w_id = 1 AND s_i_id=ol_i_id AND s_quantity < 20
SELECT o_id, o_carrier_id, o_entry_d FROM orders WHERE o_w_id = 1 AND o_d_id = 1 AND o_c_id = 1 ORDER BY o_id DESC
SELECT SUM(ol_amount) sm FROM order_line WHERE ol_o_id = 1 AND ol_d_id = 1 AND ol_w_id = 1
SELECT MIN(o_id) AS no FROM orders WHERE o_d_id = 1 AND o_w_id = 1
SELECT `s_quantity` AS `Menge` FROM `stock` `s` WHERE (`s`.`s_ytd` IS NOT NULL)
SELECT option_name, option_value FROM wp_options WHERE autoload IN ( 'yes', 'on', 'auto-on', 'auto' )
SELECT option_value FROM wp_options WHERE option_name = 'siteurl' LIMIT 1
SELECT wp_posts.ID FROM wp_posts WHERE 1=1 AND ((wp_posts.post_type = 'post' AND (wp_posts.post_status = 'publish'))) ORDER BY wp_posts.post_date DESC LIMIT 0, 10
SELECT wp_posts.* FROM wp_posts INNER JOIN wp_postmeta ON ( wp_posts.ID = wp_postmeta.post_id ) WHERE 1=1 AND ( ( wp_postmeta.meta_key = 'a' AND CAST(wp_postmeta.meta_value AS CHAR) NOT LIKE '%x%' ) ) GROUP BY wp_posts.ID
SELECT post_id, meta_key, meta_value FROM wp_postmeta WHERE post_id IN (1,2,3) ORDER BY meta_id ASC
SELECT post_status, COUNT( * ) AS num_posts FROM wp_posts WHERE post_type = 'post' GROUP BY post_status
SELECT YEAR(post_date) AS `year`, MONTH(post_date) AS `month`, count(ID) as posts FROM wp_posts WHERE post_type = 'post' AND post_status = 'publish' GROUP BY YEAR(post_date), MONTH(post_date) ORDER BY year DESC LIMIT 100
SELECT t.term_id, t.name, t.slug FROM wp_terms AS t WHERE t.slug IN ('uncategorized') ORDER BY t.name ASC
SELECT ID, post_title FROM wp_posts WHERE MATCH(post_title, post_content) AGAINST('+hello' IN BOOLEAN MODE)
SELECT DISTINCT YEAR( post_date ) AS year, MONTH( post_date ) AS month FROM wp_posts WHERE post_type = 'attachment' ORDER BY year DESC
SELECT COUNT(NULLIF(`meta_value` LIKE '%\"administrator\"%', false)), COUNT(*) FROM wp_postmeta
SHOW FULL COLUMNS FROM `wp_options`
SHOW TABLES LIKE 'wp\_posts'
SHOW TABLES
SHOW INDEX FROM wp_posts
SHOW CREATE TABLE `wp_posts`
SHOW TABLE STATUS LIKE 'wp_posts'
SHOW FULL TABLES
SHOW DATABASES
SHOW COLLATION
SHOW CHARACTER SET
SHOW ENGINES
DESCRIBE wp_posts
EXPLAIN SELECT * FROM wp_posts
SELECT `auth_user`.`id`, `auth_user`.`username` FROM `auth_user` WHERE (`auth_user`.`username` = 'admin' AND NOT (`auth_user`.`is_active` = 0)) LIMIT 21
SELECT (1) AS `a` FROM `auth_user` WHERE `auth_user`.`username` = 'admin' LIMIT 1
SELECT COUNT(*) AS `__count` FROM `auth_user`
SELECT COUNT(*) FROM (SELECT DISTINCT `polls_choice`.`id` AS Col1 FROM `polls_choice`) subquery
SELECT DISTINCT CAST(DATE_FORMAT(CONVERT_TZ(`auth_user`.`date_joined`, 'UTC', '+01:00'), '%Y-%m-01 00:00:00') AS DATETIME) AS `datetimefield` FROM `auth_user` WHERE `auth_user`.`date_joined` IS NOT NULL ORDER BY `datetimefield` ASC
SELECT `polls_choice`.`id`, JSON_EXTRACT(`polls_choice`.`details`, '$.a') AS `a` FROM `polls_choice` WHERE JSON_CONTAINS(`polls_choice`.`details`, '1', '$.a')
SELECT `polls_choice`.`id` FROM `polls_choice` WHERE `polls_choice`.`choice_text` LIKE BINARY '%y%' ORDER BY RAND() LIMIT 5
SELECT COALESCE(SUM(CASE WHEN `polls_choice`.`votes` > 2 THEN 1 ELSE NULL END), 0) AS `many` FROM `polls_choice`
SELECT `polls_choice`.`id` FROM `polls_choice` WHERE EXISTS(SELECT 1 AS `a` FROM `auth_user` U0 WHERE U0.`id` = (`polls_choice`.`question_id`) LIMIT 1)
SELECT `polls_choice`.`votes`, ROW_NUMBER() OVER (PARTITION BY `polls_choice`.`question_id` ORDER BY `polls_choice`.`votes` DESC) AS `row` FROM `polls_choice`
SELECT @@sql_mode, @@collation_database
SELECT VERSION()
SELECT `auth_user`.`id` FROM `auth_user` WHERE REGEXP_REPLACE(`auth_user`.`username`, 'a', 'b') = 'bdmin'
SELECT GREATEST(1, `auth_user`.`id`), LEAST(2, `auth_user`.`id`), NULLIF(1, 1), MD5('a'), SHA2('a', 224), LPAD('a', 3, ' ') FROM `auth_user`
select b1_0.id,b1_0.author_id,b1_0.price,b1_0.published,b1_0.title,b1_0.version from book b1_0 where b1_0.id=1
select a1_0.id,a1_0.dtype,a1_0.name,b1_0.author_id,b1_0.id,b1_0.title from author a1_0 left join book b1_0 on a1_0.id=b1_0.author_id where a1_0.name like 'S%' escape '' order by b1_0.title
select count(b1_0.id),extract(year from b1_0.published),avg(b1_0.price) from book b1_0 group by 2 having count(b1_0.id)>0 order by 2 limit 0,10
select b1_0.id from book b1_0 where (b1_0.author_id,b1_0.version) in ((1,0),(1,1))
select case b1_0.version when 0 then 'new' else 'old' end,coalesce(b1_0.title,'-'),concat(b1_0.title,' ',cast(b1_0.price as char)),nullif(b1_0.version,0) from book b1_0
select timestampdiff(day,b1_0.published,current_date),date_add(b1_0.published,interval 1 month),localtimestamp(),current_timestamp(6) from book b1_0
with recursive r(n,path) as (select 1,cast('/' as char(100)) union all select r.n+1,concat(r.path,r.n) from r where r.n<5) select r.n,r.path from r
with newest as (select b.* from book b order by b.published desc limit 1) select n.title from newest n
select x.total from (select author_id,sum(price) as total from book group by author_id) x where x.total>1
select b.id from book b where b.price > all (select c.price from book c where c.id<>b.id)
(select id from book order by id limit 1) union all (select id from author order by id limit 1) order by 1
select row_number() over w, rank() over w, dense_rank() over w, lag(price,1) over w, first_value(title) over w from book window w as (partition by author_id order by price)
select sum(price) over (order by id rows between 1 preceding and current row) from book
select 1
select 1 from dual
select b.title, a.name from book b straight_join author a use index (primary) on a.id = b.author_id
select group_concat(distinct title order by title desc separator '; ') from book
select author_id, sum(price) from book group by author_id with rollup
select title from book where title collate utf8mb4_bin = 'One' and price between 1 and 10 and title not in ('x') and title is not null
select exists(select * from book), not exists(select * from book where 1=0), interval(23, 1, 15, 30)
select if(price > 10, 'dear', 'cheap'), ifnull(title, ''), title rlike '^O', price div 2, price mod 3, ~1, 1 << 2, 5 & 3, 5 | 3, 5 ^ 3, !0 from book
select b'101', x'4D', 0x4D, _utf8mb4'x', N'x', 1e3, .5, null, true, false, date '2020-01-01', timestamp '2020-01-01 00:00:00', time '10:00:00'
select substring('abc' from 2 for 1), trim(leading 'x' from 'xa'), position('a' in 'ba'), extract(hour_minute from now()), convert('a' using utf8mb4), cast(1 as unsigned), char(65 using utf8mb4), binary 'a'
select st_astext(at), st_distance(at, point(0, 0)), st_contains(st_geomfromtext('POLYGON((0 0,9 0,9 9,0 9,0 0))'), at) from place
select uuid(), rand(), now(6), sysdate(), unix_timestamp(), current_user(), user(), database(), schema(), version(), charset('a'), collation('a'), coercibility('a'), benchmark(1, 1)
select json_object('a', 1), json_array(1, 2), json_arrayagg(id), json_objectagg(id, title), json_unquote(json_extract('{"a": "b"}', '$.a')), json_length('[1]'), json_valid('1'), json_type('1'), json_keys('{"a": 1}') from book
select jt.x from json_table('[1, 2]', '$[*]' columns (x int path '$')) jt
select replace('abc', 'b', 'x'), insert('abc', 1, 1, 'x'), left('abc', 1), right('abc', 1), repeat('a', 3), truncate(1.234, 1), mod(7, 2), format(1234.5, 1), reverse('abc'), field('a', 'b'), elt(1, 'a'), find_in_set('a', 'a,b')
select inet_aton('1.2.3.4'), inet6_ntoa(inet6_aton('::1')), hex(5), unhex('4D'), bin(5), oct(8), conv('a', 16, 2), crc32('a'), md5('a'), sha1('a'), sha2('a', 256), to_base64('a'), from_base64('YQ=='), aes_encrypt('a', 'b'), compress('a')
select sql_no_cache title from book
select high_priority title from book
select distinctrow author_id from book
select all author_id from book
select straight_join b.id from book b, author a
select * from book b natural join author a
select * from (book b, author a)
select * from book b left join (author a, place p) on a.id = b.author_id
select id, (select count(*) from book where author_id = a.id) as books from author a order by books desc, a.name asc limit 10 offset 0
select /*+ MAX_EXECUTION_TIME(1000) */ title from book
select /* a comment */ title from book -- and another
select t.TABLE_NAME, t.TABLE_ROWS from information_schema.TABLES t where t.TABLE_SCHEMA = database()
select COLUMN_NAME, DATA_TYPE from information_schema.COLUMNS where TABLE_SCHEMA = 'sound' and TABLE_NAME = 'book' order by ORDINAL_POSITION
select CONSTRAINT_NAME from information_schema.KEY_COLUMN_USAGE where TABLE_SCHEMA = database() and REFERENCED_TABLE_NAME is not null
select SCHEMA_NAME from information_schema.SCHEMATA
select INDEX_NAME from information_schema.STATISTICS where TABLE_NAME = 'book'
select date_format(now(), '%Y'), str_to_date('2020', '%Y'), from_unixtime(0), to_days(now()), last_day(now()), dayofweek(now()), weekday(now()), week(now()), quarter(now()), makedate(2020, 1), maketime(1, 2, 3), sec_to_time(60), time_to_sec('00:01:00'), period_add(202001, 1), adddate(now(), 1), subdate(now(), interval 1 day), datediff(now(), now()), timediff(now(), now()), utc_timestamp(), addtime('1:00:00', '1:00:00'), get_format(date, 'ISO')
select abs(-1), ceil(1.5), ceiling(1.5), floor(1.5), round(1.5), sign(-1), sqrt(4), pow(2, 3), power(2, 3), exp(1), ln(2), log(2), log2(2), log10(10), pi(), sin(0), cos(0), tan(0), atan(1), atan2(1, 1), degrees(1), radians(1), rand(3)
select std(price), stddev(price), stddev_pop(price), stddev_samp(price), var_pop(price), var_samp(price), variance(price), bit_and(id), bit_or(id), bit_xor(id), min(price), max(price), count(*), count(distinct author_id, version) from book
select lower('A'), lcase('A'), upper('a'), ucase('a'), length('a'), char_length('a'), character_length('a'), octet_length('a'), bit_length('a'), ascii('a'), ord('a'), space(2), soundex('a'), 'a' sounds like 'b', strcmp('a', 'b'), locate('a', 'b'), instr('a', 'a'), mid('abc', 2, 1), substr('abc', 2), substring_index('a.b', '.', 1), quote('a'), concat_ws(',', 'a', 'b'), rpad('a', 3, 'b'), rtrim('a '), ltrim(' a'), make_set(1, 'a', 'b'), export_set(5, 'Y', 'N')
select title from book order by field(id, 2, 1), title is null, -price limit 5
select title from book where (title, price) = ('One', 9.99) or price <=> null or not (price > 5 xor price < 1) and price != 0 and price <> 1
select `book`.`title` as "the title", 'text' 'and more' from `book` as `book` where `book`.id in (select author_id from book where id in (select 1))
values row(1, 2), row(3, 4)
table book
select * from book except select * from book
select id from book intersect select id from author
-- Those below are for the source, or pin: none of them may be classed a read.
SELECT c FROM sbtest1 WHERE id=1 FOR UPDATE
SELECT title FROM book LOCK IN SHARE MODE
SELECT title FROM book WHERE id IN (SELECT id FROM author FOR UPDATE)
SELECT GET_LOCK('a', 0)
SELECT 1 INTO @a
SELECT @b := 1
UPDATE book SET version = version + 1
DELETE FROM book
WITH x AS (SELECT * FROM book) SELECT * FROM x FOR SHARE
EXPLAIN ANALYZE DELETE b FROM book b
DO GET_LOCK('b', 0)
CREATE TEMPORARY TABLE tt SELECT 1
SET @a = 1
FLUSH TABLES
