ALTER TABLE `approval` ADD `cwd` text;--> statement-breakpoint
ALTER TABLE `approval_grant` ADD `cwd` text;