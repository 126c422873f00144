CREATE TABLE `presence` (
	`user_id` text PRIMARY KEY NOT NULL,
	`status_text` text,
	`last_seen_at` integer,
	`told_online` integer NOT NULL
);
