/**
 * What a password costs to hash: argon2id with OWASP's first parameters (Password Storage Cheat Sheet), 19 MiB, 2 passes,
 * 1 lane. More lanes would take more of libuv's four threads, which database and file work share. In a file of its own so
 * that tests that sign in hundreds of times can replace it; there is no setting that does.
 */
export const PASSWORD_COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1, hashLength: 32 };
