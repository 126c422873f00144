/** The configuration, the data directory or its database cannot be used as it is. */
export const EXIT_CONFIGURATION = 78;

/** Another kernel holds the data directory. */
export const EXIT_LOCKED = 73;
