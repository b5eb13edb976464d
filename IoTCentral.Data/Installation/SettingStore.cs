using Dapper;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Installation;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Installation;

internal sealed class SettingStore(TenantDb db) : ISettingStore
{
    public Task<Setting?> FindAsync(string key, CancellationToken ct) =>
        db.PlatformAsync(connection => FindAsync(connection, key, ct), ct);

    public Task<Setting> AddAsync(Setting setting, CancellationToken ct) =>
        db.PlatformAsync(
            async connection =>
            {
                await connection.ExecuteAsync(
                    new CommandDefinition(
                        """
                        insert into setting (key, value, secret)
                        values (@Key, @Value::jsonb, @Secret)
                        on conflict (key) do nothing
                        """,
                        setting,
                        cancellationToken: ct
                    )
                );
                return (await FindAsync(connection, setting.Key, ct))!;
            },
            ct
        );

    public Task SaveAsync(Setting setting, AuditEntry entry, CancellationToken ct) =>
        db.PlatformAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(ct);
                await connection.ExecuteAsync(
                    new CommandDefinition(
                        """
                        insert into setting (key, value, secret)
                        values (@Key, @Value::jsonb, @Secret)
                        on conflict (key) do update
                        set value = excluded.value,
                            secret = excluded.secret,
                            updated_at = now()
                        """,
                        setting,
                        cancellationToken: ct
                    )
                );
                await AuditAsync(connection, entry, ct);
                await transaction.CommitAsync(ct);
                return true;
            },
            ct
        );

    public Task AuditAsync(AuditEntry entry, CancellationToken ct) =>
        db.PlatformAsync(
            async connection =>
            {
                await AuditAsync(connection, entry, ct);
                return true;
            },
            ct
        );

    private static Task<Setting?> FindAsync(NpgsqlConnection connection, string key, CancellationToken ct) =>
        connection.QuerySingleOrDefaultAsync<Setting>(
            new CommandDefinition(
                """
                select key, value, secret
                from setting
                where key = @key
                """,
                new { key },
                cancellationToken: ct
            )
        );

    private static Task AuditAsync(NpgsqlConnection connection, AuditEntry entry, CancellationToken ct) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into installation_audit
                  (actor_kind, actor_id, actor_name, address, action, target_id, target_name, before, after)
                values
                  (@Kind, @Id, @Name, @Address, @Action, @TargetId, @TargetName, @Before::jsonb, @After::jsonb)
                """,
                new
                {
                    entry.Actor.Kind,
                    entry.Actor.Id,
                    entry.Actor.Name,
                    entry.Actor.Address,
                    entry.Action,
                    entry.TargetId,
                    entry.TargetName,
                    entry.Before,
                    entry.After,
                },
                cancellationToken: ct
            )
        );
}
