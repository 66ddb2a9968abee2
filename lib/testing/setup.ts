// Runs in every test process before its file is loaded.
process.env.GATEHOUSE_SECRET ??= "a secret for tests alone, of more than 32 characters";
process.env.GATEHOUSE_LOG_LEVEL ??= "silent";
