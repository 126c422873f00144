CREATE TABLE `approval` (
	`id` text PRIMARY KEY NOT NULL,
	`ordinal` integer NOT NULL,
	`conversation_id` text NOT NULL,
	`turn_id` text NOT NULL,
	`tool_call_id` text NOT NULL,
	`tool` text NOT NULL,
	`input` text NOT NULL,
	`input_hash` text NOT NULL,
	`summary` text NOT NULL,
	`pattern` text,
	`state` text NOT NULL,
	`scope` text,
	`asked_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`answered_at` integer,
	`answered_by` text,
	`checksum` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `approval_of_call` ON `approval` (`turn_id`,`tool_call_id`);--> statement-breakpoint
CREATE INDEX `approval_pending` ON `approval` (`ordinal`) WHERE "approval"."state" = 'pending';--> statement-breakpoint
CREATE TABLE `approval_grant` (
	`id` text PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`tool` text NOT NULL,
	`pattern` text NOT NULL,
	`granted_by` text NOT NULL,
	`granted_at` integer NOT NULL,
	`checksum` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `approval_grant_of_conversation` ON `approval_grant` (`conversation_id`,`granted_at`,`id`);--> statement-breakpoint
CREATE TABLE `effect` (
	`id` text PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`turn_id` text NOT NULL,
	`tool_call_id` text NOT NULL,
	`kind` text NOT NULL,
	`tool` text NOT NULL,
	`summary` text NOT NULL,
	`state` text NOT NULL,
	`at` integer NOT NULL,
	`checksum` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `effect_of_call` ON `effect` (`turn_id`,`tool_call_id`);