-- Staff see who shops here: they answer customers. What accounts may be is for administrators to decide.
INSERT INTO role_permissions (role, permission) VALUES ('staff', 'READ_USERS');
