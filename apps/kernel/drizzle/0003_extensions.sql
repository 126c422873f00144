CREATE TABLE `domain_event` (
	`id` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`body` text NOT NULL,
	`at` integer NOT NULL,
	`age` integer NOT NULL,
	`checksum` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `extension_cursor` (
	`extension_id` text PRIMARY KEY NOT NULL,
	`event_id` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `extension_cursor_place` ON `extension_cursor` (`event_id`);--> statement-breakpoint
CREATE TABLE `extension_row` (
	`extension_id` text NOT NULL,
	`key` text NOT NULL,
	`body` text NOT NULL,
	`version` integer NOT NULL,
	`checksum` integer NOT NULL,
	PRIMARY KEY(`extension_id`, `key`)
);
--> statement-breakpoint
CREATE TABLE `timer` (
	`extension_id` text NOT NULL,
	`key` text NOT NULL,
	`due_at` integer NOT NULL,
	`by_clock` integer NOT NULL,
	`generation` integer NOT NULL,
	`attempt` integer NOT NULL,
	PRIMARY KEY(`extension_id`, `key`)
);
