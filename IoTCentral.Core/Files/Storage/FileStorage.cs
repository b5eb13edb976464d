namespace IoTCentral.Core.Files.Storage;

/// <summary>A container of Azure's blob storage in which an application keeps its files instead of the program's folder.</summary>
public sealed record FileStorage
{
    /// <summary>As the connection string names it.</summary>
    public required string Account { get; init; }
    public required string Container { get; init; }

    /// <summary>With the account's key or a signature: a secret.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>How long a device may take for an upload.</summary>
    public required TimeSpan SasTtl { get; init; }
    public int Version { get; init; } = 1;
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Kept with each file; see <see cref="IFileStore.Place"/>.</summary>
    public string Place => $"azure:{Account}/{Container}";

    /// <summary>Keeps the secret out of logs.</summary>
    public override string ToString() => Place;
}

/// <summary>What somebody wants the storage to be.</summary>
/// <param name="ConnectionString">Null: as it is.</param>
/// <param name="SasTtl">Null: as it is, an hour at first.</param>
public sealed record FileStorageWish(string? ConnectionString, string? Container, TimeSpan? SasTtl);

/// <summary>A storage as it lies in the database.</summary>
/// <param name="Storage">Its connection string is empty.</param>
public sealed record WrappedStorage(FileStorage Storage, byte[] ConnectionString);
