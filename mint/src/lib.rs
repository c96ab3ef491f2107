//! Makes what vendors make: certificates, attestation statements, ceremonies and metadata, right and wrong.
