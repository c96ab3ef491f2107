//! Cases, runner, verdicts, reports and target files for any authenticator, relying party or DBSC server.
