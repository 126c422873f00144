CREATE TABLE `queued_message` (
	`id` text PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`position` integer NOT NULL,
	`mode` text NOT NULL,
	`text` text NOT NULL,
	`model` text,
	`by` text NOT NULL,
	`created_at` integer NOT NULL,
	`edited_at` integer,
	`checksum` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `queued_message_in_order` ON `queued_message` (`conversation_id`,`position`,`id`);