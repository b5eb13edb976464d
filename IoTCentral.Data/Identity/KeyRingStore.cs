using Dapper;
using IoTCentral.Core.Access;
using IoTCentral.Data.Common;

namespace IoTCentral.Data.Identity;

/// <summary>Wrapped data-protection keys. Read when the key ring is made and once a day after that.</summary>
internal sealed class KeyRingStore(AppDataSource source) : IKeyRingStore
{
    public IReadOnlyList<WrappedKey> List()
    {
        using var connection = source.Value.OpenConnection();
        return connection
            .Query<WrappedKey>("select name, wrapped from data_protection_key order by created_at")
            .AsList();
    }

    public void Add(WrappedKey key, DateTimeOffset createdAt)
    {
        using var connection = source.Value.OpenConnection();
        connection.Execute(
            "insert into data_protection_key (name, wrapped, created_at) values (@Name, @Wrapped, @createdAt)",
            new
            {
                key.Name,
                key.Wrapped,
                createdAt,
            }
        );
    }
}
