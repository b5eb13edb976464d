using Dapper;
using IoTCentral.Core.Tenants;
using IoTCentral.Testing;
using Npgsql;

namespace IoTCentral.Architecture.Tests;

/// <summary>The walls between tenants, read from the catalogue of a migrated database and tried from inside.</summary>
public sealed class DatabaseWallsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Tables of the installation, which belong to no tenant. A new one needs a reason in its migration.</summary>
    private static readonly string[] PlatformTables =
    [
        "api_token",
        "application",
        "connection_attempt",
        "consumer_checkpoint",
        "data_protection_key",
        "ingest_shard",
        "installation_audit",
        "node",
        "one_time_link",
        "person",
        "schema_migration",
        "seal",
        "session",
        "setting",
    ];

    /// <summary>Without a primary key, for a reason that its migration gives.</summary>
    private static readonly string[] WithoutPrimaryKey = ["message_log"];

    [Fact]
    public async Task Every_table_is_a_tenants_or_on_the_list_of_platform_tables()
    {
        var tables = await QueryAsync<(string Name, bool HasTenant)>(
            """
            select c.relname, exists (
              select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            )
            from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            """
        );

        Assert.Empty(tables.Where(t => !t.HasTenant).Select(t => t.Name).Except(PlatformTables));
        Assert.Empty(PlatformTables.Except(tables.Select(t => t.Name)));
    }

    [Fact]
    public async Task Row_level_security_is_enabled_and_forced_on_every_tenant_table() =>
        Assert.Empty(
            await QueryAsync<string>(
                """
                select c.relname from pg_class c
                where c.oid = any(@tables::regclass[]) and not (c.relrowsecurity and c.relforcerowsecurity)
                """,
                new { tables = await TenantTablesAsync() }
            )
        );

    [Fact]
    public async Task Every_tenant_table_has_the_policy_of_the_tenant_and_the_policy_of_the_system()
    {
        var policies = await QueryAsync<(string Table, string Name, string[] Roles, string Using, string? Check)>(
            "select tablename, policyname, roles::text[], qual, with_check from pg_policies where schemaname = 'public'"
        );
        foreach (var table in await TenantTablesAsync())
        {
            var tenant = Assert.Single(policies, p => p.Table == table && p.Name == "tenant");
            Assert.Equal(["iot_app"], tenant.Roles);
            Assert.Contains("tenant_id = ", tenant.Using);
            Assert.Contains("current_setting('app.tenant_id'", tenant.Using);
            var system = Assert.Single(policies, p => p.Table == table && p.Name == "system");
            Assert.Equal(["iot_owner", "iot_system"], system.Roles.Order());
        }

        Assert.Equal(
            ["membership.person"],
            policies.Where(p => p.Name is not ("tenant" or "system")).Select(p => $"{p.Table}.{p.Name}")
        );
    }

    [Fact]
    public async Task The_tenant_is_first_in_every_primary_key() =>
        Assert.Equal(
            WithoutPrimaryKey,
            await QueryAsync<string>(
                """
                select c.relname from pg_class c
                where c.oid = any(@tables::regclass[]) and not exists (
                  select from pg_index i
                  join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
                  where i.indrelid = c.oid and i.indisprimary and a.attname = 'tenant_id'
                )
                """,
                new { tables = await TenantTablesAsync() }
            )
        );

    [Fact]
    public async Task The_tenant_is_in_every_foreign_key_between_tenant_tables() =>
        Assert.Empty(
            await QueryAsync<string>(
                """
                select k.conrelid::regclass || ' ' || k.conname from pg_constraint k
                where k.contype = 'f'
                  and k.conrelid = any(@tables::regclass[]) and k.confrelid = any(@tables::regclass[])
                  and not exists (
                    select from pg_attribute a where a.attrelid = k.conrelid and a.attname = 'tenant_id' and a.attnum = any(k.conkey)
                  )
                """,
                new { tables = await TenantTablesAsync() }
            )
        );

    [Fact]
    public async Task Tomorrows_partition_shows_nothing_to_anybody_who_reads_it_directly()
    {
        await database.SystemDb.FindAsync<string>("select ensure_message_partition('2031-01-01'::date)", null, Ct);

        foreach (var source in new[] { database.App.Value, database.System.Value })
        {
            await using var command = source.CreateCommand("select count(*) from message_log_20310101");
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteScalarAsync(Ct));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        Assert.Equal(
            (true, true),
            (
                await QueryAsync<(bool, bool)>(
                    "select relrowsecurity, relforcerowsecurity from pg_class where relname = 'message_log_20310101'"
                )
            )[0]
        );
    }

    [Fact]
    public async Task Grants_stand_on_tables_only_and_no_right_is_given_in_advance()
    {
        Assert.Empty(await QueryAsync<string>("select defaclrole::regrole::text from pg_default_acl"));
        Assert.Empty(
            await QueryAsync<string>(
                """
                select c.relname from pg_class c
                where c.relispartition and c.relkind = 'r'
                  and (has_table_privilege('iot_app', c.oid, 'select') or has_table_privilege('iot_system', c.oid, 'select'))
                """
            )
        );
    }

    [Fact]
    public async Task Neither_role_can_step_over_the_walls()
    {
        var roles = await QueryAsync<(string Name, bool Super, bool Bypass, bool Create)>(
            "select rolname, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname like 'iot_%'"
        );

        Assert.Equal(3, roles.Count);
        Assert.All(roles, r => Assert.False(r.Super || r.Bypass || r.Create, r.Name));
        Assert.False((await QueryAsync<bool>("select pg_has_role('iot_app', 'iot_system', 'member')"))[0]);
        Assert.False((await QueryAsync<bool>("select has_schema_privilege('iot_app', 'public', 'create')"))[0]);
    }

    [Fact]
    public async Task A_query_without_a_tenant_fails_also_after_one_that_had_a_tenant()
    {
        var tenant = await database.NewTenantAsync(Ct);
        await using var connection = await database.App.Value.OpenConnectionAsync(Ct);
        await Assert.ThrowsAsync<PostgresException>(() => connection.QueryAsync("select * from organization"));
        await using (var transaction = await connection.BeginTransactionAsync(Ct))
        {
            await connection.ExecuteAsync($"select set_config('app.tenant_id', '{tenant}', true)");
            Assert.Single(await connection.QueryAsync("select * from organization"));
        }

        await Assert.ThrowsAsync<PostgresException>(() => connection.QueryAsync("select * from organization"));
    }

    [Fact]
    public async Task A_query_without_a_tenant_shows_no_row_of_any_table()
    {
        await database.NewTenantAsync(Ct);
        await using var connection = await database.App.Value.OpenConnectionAsync(Ct);
        foreach (var table in await TenantTablesAsync())
        {
            try
            {
                Assert.Empty(await connection.QueryAsync($"select * from {table}"));
            }
            catch (PostgresException e)
            {
                // the setting is not there, or there and empty after another transaction
                Assert.True(
                    e.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidTextRepresentation
                );
            }
        }
    }

    [Fact]
    public async Task A_row_of_another_tenant_can_be_neither_written_nor_pointed_at()
    {
        var (one, two) = (await database.NewTenantAsync(Ct), await database.NewTenantAsync(Ct));
        await AddOrganizationAsync(one, own: one, id: 5, parent: 1);

        var foreign = await Assert.ThrowsAsync<PostgresException>(() =>
            AddOrganizationAsync(two, own: one, id: 6, parent: 1)
        );
        var pointing = await Assert.ThrowsAsync<PostgresException>(() =>
            AddOrganizationAsync(two, own: two, id: 7, parent: 5)
        );

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, foreign.SqlState);
        Assert.Equal(PostgresErrorCodes.ForeignKeyViolation, pointing.SqlState);
        Assert.Equal(
            0,
            await database.TenantDb.ExecuteAsync(two, "update organization set name = 'x' where id = 5", null, Ct)
        );
        Assert.Equal(0, await database.TenantDb.ExecuteAsync(two, "delete from organization where id = 5", null, Ct));
    }

    [Fact]
    public async Task The_audit_log_can_only_be_added_to()
    {
        var tenant = await database.NewTenantAsync(Ct);

        foreach (var change in new[] { "update audit set action = 'x'", "delete from audit", "truncate audit" })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() =>
                database.TenantDb.ExecuteAsync(tenant, change, null, Ct)
            );
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    private Task AddOrganizationAsync(TenantId inside, TenantId own, int id, int parent) =>
        database.TenantDb.ExecuteAsync(
            inside,
            """
            insert into organization (tenant_id, id, slug, name, parent_id, created_by, updated_by)
            values (@tenant, @id, @slug, 'x', @parent, 't', 't')
            """,
            new
            {
                tenant = own.Value,
                id,
                slug = $"o{id}",
                parent,
            },
            Ct
        );

    private async Task<string[]> TenantTablesAsync() =>
        [
            .. (
                await QueryAsync<string>(
                    """
                    select c.relname from pg_class c
                    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
                    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
                    """
                )
            ).Except(PlatformTables),
        ];

    private async Task<List<T>> QueryAsync<T>(string sql, object? args = null)
    {
        await using var owner = await database.OpenAsOwnerAsync(Ct);
        return [.. await owner.QueryAsync<T>(new CommandDefinition(sql, args, cancellationToken: Ct))];
    }
}
