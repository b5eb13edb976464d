using IoTCentral.Core.Installation;
using Npgsql;

namespace IoTCentral.Data.Server;

/// <summary>A known text in the database, wrapped by the master key: whoever cannot open it has another installation's key.</summary>
internal sealed class MasterKeyCheck(NpgsqlDataSource owner, SecretBox box)
{
    private const string Key = "master-key-check";

    /// <exception cref="WrongMasterKeyException">The database was made with another master key.</exception>
    public async Task DemandAsync(CancellationToken ct)
    {
        try
        {
            if (await FindAsync(ct) is { } wrapped)
            {
                box.Unwrap(wrapped, Key);
            }
        }
        catch (SecretUnreadableException e)
        {
            throw new WrongMasterKeyException(e);
        }
    }

    /// <summary>For a database that is new; refuses if another program with another key was quicker.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        await using var command = owner.CreateCommand(
            """
            insert into setting (key, secret)
            values ($1, $2)
            on conflict (key) do nothing
            """
        );
        command.Parameters.Add(new() { Value = Key });
        command.Parameters.Add(new() { Value = box.Wrap("IoTCentral"u8, Key) });
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            await DemandAsync(ct);
        }
    }

    private async Task<byte[]?> FindAsync(CancellationToken ct)
    {
        await using var exists = owner.CreateCommand("select to_regclass('setting') is not null");
        if (await exists.ExecuteScalarAsync(ct) is not true)
        {
            return null;
        }

        await using var find = owner.CreateCommand("select secret from setting where key = $1");
        find.Parameters.Add(new() { Value = Key });
        return await find.ExecuteScalarAsync(ct) as byte[];
    }
}
