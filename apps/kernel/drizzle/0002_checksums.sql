ALTER TABLE `chunk` ADD `checksum` integer;--> statement-breakpoint
ALTER TABLE `turn` ADD `checksum` integer;--> statement-breakpoint
ALTER TABLE `turn_event` ADD `checksum` integer;