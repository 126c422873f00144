CREATE TABLE `event` (
	`id` integer PRIMARY KEY NOT NULL,
	`body` text NOT NULL,
	`at` integer NOT NULL,
	`age` integer NOT NULL,
	`checksum` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `user_event` (
	`user_id` text NOT NULL,
	`seq` integer NOT NULL,
	`event_id` integer NOT NULL,
	`checksum` integer NOT NULL,
	PRIMARY KEY(`user_id`, `seq`)
);
--> statement-breakpoint
CREATE INDEX `user_event_by_event` ON `user_event` (`event_id`);