using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace IoTCentral.Data.Common;

/// <summary>
/// Brings a database to this program's schema: makes the roles, then applies each <c>Migrations/*.sql</c> that is not
/// there yet, forward only, in one transaction under an advisory lock. An older program refuses a newer schema.
/// </summary>
/// <param name="owner">Connects as the login that was given; it becomes a member of <c>iot_owner</c>.</param>
internal sealed class MigrationRunner(NpgsqlDataSource owner, RolePasswords passwords)
{
    // Any number will do as long as every version of the program uses the same one.
    private const long LockKey = 0x494F5443;

    /// <summary>Names and texts of the migrations in this program, in order.</summary>
    public static IReadOnlyList<(string Name, string Sql)> All { get; } = Load();

    /// <exception cref="InvalidOperationException">The schema is newer than this program; the message says so.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        await using var connection = await owner.OpenConnectionAsync(ct);
        await ExecuteAsync(connection, $"select pg_advisory_lock({LockKey})", ct);
        try
        {
            await EnsureRolesAsync(connection, ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await ExecuteAsync(connection, $"set local role {Roles.Owner}", ct);
            await MigrateAsync(connection, ct);
            await transaction.CommitAsync(ct);
        }
        finally
        {
            await ExecuteAsync(connection, $"select pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    private static async Task MigrateAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await ExecuteAsync(
            connection,
            """
            create table if not exists schema_migration (
              name       text primary key,
              hash       text not null,
              applied_at timestamptz not null default now()
            )
            """,
            ct
        );
        var applied = await AppliedAsync(connection, ct);
        if (applied.Keys.Except(All.Select(m => m.Name)).Max() is { } newer)
            throw new InvalidOperationException(
                $"The database was made by a newer version of IoTCentral (it has '{newer}'). Start that version, or restore a backup."
            );

        foreach (var (name, sql) in All.Where(m => !applied.ContainsKey(m.Name)))
        {
            await ExecuteAsync(connection, sql, ct);
            await using var note = new NpgsqlCommand(
                "insert into schema_migration (name, hash) values ($1, $2)",
                connection
            )
            {
                Parameters =
                {
                    new() { Value = name },
                    new() { Value = Hash(sql) },
                },
            };
            await note.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task EnsureRolesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        // "create role if not exists" does not exist; two programs starting at once are kept apart by the lock, two
        // databases in one cluster by catching duplicates.
        await ExecuteAsync(
            connection,
            $"""
            do $$
            begin
              if not exists (select from pg_roles where rolname = '{Roles.Owner}') then
                create role {Roles.Owner} nologin nosuperuser;
              end if;
              if not exists (select from pg_roles where rolname = '{Roles.App}') then
                create role {Roles.App} login nosuperuser nobypassrls;
              end if;
              if not exists (select from pg_roles where rolname = '{Roles.System}') then
                create role {Roles.System} login nosuperuser nobypassrls;
              end if;
              if not pg_has_role(current_user, '{Roles.Owner}', 'member') then
                execute format('grant {Roles.Owner} to %I', current_user);
              end if;
            exception when duplicate_object or unique_violation then null;
            end $$
            """,
            ct
        );
        await SetPasswordAsync(connection, Roles.App, passwords.App, ct);
        await SetPasswordAsync(connection, Roles.System, passwords.System, ct);
        var database = Quote(connection.Database);
        await ExecuteAsync(
            connection,
            $"""
            revoke all on database {database} from public;
            grant connect on database {database} to {Roles.App}, {Roles.System};
            grant usage, create on schema public to {Roles.Owner};
            revoke create on schema public from public;
            grant usage on schema public to {Roles.App}, {Roles.System};
            """,
            ct
        );
    }

    private static Task SetPasswordAsync(
        NpgsqlConnection connection,
        string role,
        string password,
        CancellationToken ct
    )
    {
        // ALTER ROLE takes no parameters; the password is ours (base64url) or an administrator's, quoted either way.
        var literal = password.Replace("'", "''", StringComparison.Ordinal);
        return ExecuteAsync(connection, $"alter role {role} password '{literal}'", ct);
    }

    private static async Task<Dictionary<string, string>> AppliedAsync(
        NpgsqlConnection connection,
        CancellationToken ct
    )
    {
        await using var command = new NpgsqlCommand("select name, hash from schema_migration", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(ct))
            applied[reader.GetString(0)] = reader.GetString(1);
        return applied;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>SHA-256 of a migration's text; a test holds those of merged migrations.</summary>
    internal static string Hash(string sql) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static List<(string Name, string Sql)> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        const string Prefix = "IoTCentral.Data.Migrations.";
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(n =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
                    return (
                        n[Prefix.Length..].Replace(".sql", "", false, CultureInfo.InvariantCulture),
                        reader.ReadToEnd()
                    );
                }),
        ];
    }
}
