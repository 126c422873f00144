DROP INDEX `conversation_by_activity`;--> statement-breakpoint
DROP INDEX `conversation_by_status`;--> statement-breakpoint
ALTER TABLE `conversation` ADD `activity` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- The list keeps the order it has.
UPDATE `conversation` SET `activity` = `placed`.`place` FROM (SELECT `id`, row_number() OVER (PARTITION BY `owner_id` ORDER BY `last_activity_at`, `id` DESC) AS `place` FROM `conversation`) AS `placed` WHERE `placed`.`id` = `conversation`.`id`;--> statement-breakpoint
INSERT INTO `head` (`stream`, `seq`) SELECT 'activity:' || `owner_id`, max(`activity`) FROM `conversation` GROUP BY `owner_id`;--> statement-breakpoint
CREATE INDEX `conversation_by_activity` ON `conversation` (`owner_id`,"activity" desc,`id`);--> statement-breakpoint
CREATE INDEX `conversation_by_status` ON `conversation` (`owner_id`,`status`,"activity" desc,`id`);--> statement-breakpoint
DROP INDEX `turn_retention`;--> statement-breakpoint
ALTER TABLE `turn` ADD `sealed_age` integer;--> statement-breakpoint
-- The store's age begins here, at 0: what was sealed five hours ago was sealed at minus five hours.
UPDATE `turn` SET `sealed_age` = min(0, `sealed_at` - unixepoch() * 1000) WHERE `sealed_at` IS NOT NULL;--> statement-breakpoint
UPDATE `idempotency` SET `expires_at` = max(0, min(86400000, `expires_at` - unixepoch() * 1000));--> statement-breakpoint
CREATE INDEX `turn_retention` ON `turn` (`sealed_age`) WHERE "turn"."events" <> 'trimmed';
