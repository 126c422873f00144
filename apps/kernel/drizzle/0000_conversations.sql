CREATE TABLE `chunk` (
	`conversation_id` text NOT NULL,
	`seq` integer NOT NULL,
	`turn_id` text NOT NULL,
	`message_id` text NOT NULL,
	`step_id` text,
	`role` text NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`conversation_id`, `seq`),
	FOREIGN KEY (`conversation_id`) REFERENCES `conversation`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`turn_id`) REFERENCES `turn`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `conversation` (
	`id` text PRIMARY KEY NOT NULL,
	`owner_id` text NOT NULL,
	`title` text,
	`title_folded` text,
	`model` text,
	`fallback_models` text NOT NULL,
	`cwd` text,
	`status` text NOT NULL,
	`closes` integer NOT NULL,
	`created_at` integer NOT NULL,
	`last_activity_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `conversation_by_activity` ON `conversation` (`owner_id`,"last_activity_at" desc,`id`);--> statement-breakpoint
CREATE INDEX `conversation_by_status` ON `conversation` (`owner_id`,`status`,"last_activity_at" desc,`id`);--> statement-breakpoint
CREATE TABLE `head` (
	`stream` text PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `idempotency` (
	`principal` text NOT NULL,
	`key` text NOT NULL,
	`operation` text NOT NULL,
	`body_hash` text NOT NULL,
	`result` text,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`principal`, `key`)
);
--> statement-breakpoint
CREATE INDEX `idempotency_expiry` ON `idempotency` (`expires_at`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `turn` (
	`id` text PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`ordinal` integer NOT NULL,
	`state` text NOT NULL,
	`fence` integer NOT NULL,
	`started_by` text NOT NULL,
	`model` text NOT NULL,
	`started_at` integer NOT NULL,
	`sealed_at` integer,
	`reason` text,
	`metrics` text,
	`answered_model` text,
	`output_tokens` integer,
	`gen_ms` integer,
	`events` text NOT NULL,
	FOREIGN KEY (`conversation_id`) REFERENCES `conversation`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `turn_in_order` ON `turn` (`conversation_id`,`ordinal`);--> statement-breakpoint
CREATE UNIQUE INDEX `turn_running` ON `turn` (`conversation_id`) WHERE "turn"."state" = 'running';--> statement-breakpoint
CREATE INDEX `turn_throughput` ON `turn` (`sealed_at`,`answered_model`,`output_tokens`,`gen_ms`);--> statement-breakpoint
CREATE INDEX `turn_retention` ON `turn` (`sealed_at`) WHERE "turn"."events" <> 'trimmed';--> statement-breakpoint
CREATE TABLE `turn_event` (
	`turn_id` text NOT NULL,
	`n` integer NOT NULL,
	`body` text NOT NULL,
	PRIMARY KEY(`turn_id`, `n`),
	FOREIGN KEY (`turn_id`) REFERENCES `turn`(`id`) ON UPDATE no action ON DELETE no action
);
