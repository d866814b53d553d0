DELETE FROM role_permissions WHERE role = 'staff' AND permission = 'READ_USERS';
