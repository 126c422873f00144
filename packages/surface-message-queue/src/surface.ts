/** Id of the surface in the catalog. It belongs to a conversation. */
export const MESSAGE_QUEUE_SURFACE_ID = 'message-queue';

/** Labels of its fields, in their order. */
export const MESSAGE_QUEUE_LABELS = {
  /** How many messages wait, and whether they are held. Always there. */
  waiting: 'Waiting',
  /** A button behind the custom field, there while messages are held. */
  sendNext: 'Send next now',
} as const;

/** The one stat of the surface while no conversation is in focus, and its value. */
export const NO_CONVERSATION: { readonly label: string; readonly value: string } = {
  label: 'Status',
  value: 'No conversation focused',
};
