using IoTCentral.Core.Installation;
using IoTCentral.Data.Common;
using Npgsql;

namespace IoTCentral.Data.Server;

/// <summary>Waits for a database server that is away, rather than dying: it may just be starting as well.</summary>
internal static class ServerWait
{
    /// <exception cref="InstallationException">It answers, and what it says will not change by waiting (password, database).</exception>
    public static async Task UntilUpAsync(NpgsqlDataSource source, Action<string> say, CancellationToken ct)
    {
        var isTold = false;
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(ct);
                return;
            }
            catch (PostgresException e) when (!e.IsTransient)
            {
                throw new InstallationException($"The database server refuses us: {e.MessageText}.", e);
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException)
            {
                if (!isTold)
                {
                    say($"Waiting for the database server, which does not answer yet ({e.Message}) …");
                    isTold = true;
                }
            }

            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }
    }

    /// <summary>Until the program that runs on this database has brought it to the schema of this one.</summary>
    /// <exception cref="InstallationException">It has not after a minute: it is of another version.</exception>
    public static async Task UntilMigratedAsync(NpgsqlDataSource owner, CancellationToken ct)
    {
        for (var second = 0; second < 60; second++)
        {
            if (await IsMigratedAsync(owner, ct))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }

        throw new InstallationException(
            "The running IoTCentral is of another version than this command; restart it, then try again."
        );
    }

    private static async Task<bool> IsMigratedAsync(NpgsqlDataSource owner, CancellationToken ct)
    {
        try
        {
            await using var command = owner.CreateCommand("select count(*) from schema_migration where name = any($1)");
            command.Parameters.Add(new() { Value = MigrationRunner.All.Select(m => m.Name).ToArray() });
            return await command.ExecuteScalarAsync(ct) is long n && n == MigrationRunner.All.Count;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return false;
        }
    }
}
