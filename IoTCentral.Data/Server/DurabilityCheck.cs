using IoTCentral.Core.Installation;
using Npgsql;

namespace IoTCentral.Data.Server;

/// <summary>Refuses a server that could lose what it has confirmed, or is too old.</summary>
internal static class DurabilityCheck
{
    /// <exception cref="InstallationException">With the sentence that says what to change.</exception>
    public static async Task DemandAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            select current_setting('server_version_num')::int,
                   current_setting('server_version'),
                   current_setting('fsync'),
                   current_setting('synchronous_commit')
            """
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        if (reader.GetInt32(0) < PostgresBinaries.OldestMajor * 10000)
        {
            throw new InstallationException(
                $"The database server is PostgreSQL {reader.GetString(1)}; {PostgresBinaries.OldestMajor} or newer is needed."
            );
        }

        foreach (var (index, setting) in (ReadOnlySpan<(int, string)>)[(2, "fsync"), (3, "synchronous_commit")])
        {
            if (reader.GetString(index) == "off")
            {
                throw new InstallationException(
                    $"The database server has {setting} = off, so it could lose messages that were acknowledged; set it to on."
                );
            }
        }
    }
}
