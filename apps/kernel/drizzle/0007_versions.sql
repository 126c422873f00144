ALTER TABLE `turn` ADD `kind` text DEFAULT 'primary' NOT NULL;--> statement-breakpoint
ALTER TABLE `turn` ADD `beat_id` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `turn` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `turn` ADD `parent_id` text;--> statement-breakpoint
ALTER TABLE `turn` ADD `superseded_by` text;--> statement-breakpoint
ALTER TABLE `turn` ADD `regenerated_from` text;--> statement-breakpoint
ALTER TABLE `turn` ADD `place_checksum` integer;--> statement-breakpoint
UPDATE `turn` SET `beat_id` = `id`, `parent_id` = (SELECT `before`.`id` FROM `turn` AS `before` WHERE `before`.`conversation_id` = `turn`.`conversation_id` AND `before`.`ordinal` = `turn`.`ordinal` - 1);--> statement-breakpoint
CREATE UNIQUE INDEX `turn_version` ON `turn` (`conversation_id`,`beat_id`,`kind`,`version`) WHERE "turn"."version" > 0;--> statement-breakpoint
CREATE INDEX `turn_superseded` ON `turn` (`conversation_id`) WHERE "turn"."superseded_by" is not null;