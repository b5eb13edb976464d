namespace IoTCentral.Core.Files.Storage;

/// <summary>Where an application keeps its files instead of the program's folder.</summary>
public sealed record FileStorage
{
    public required StorageTarget Target { get; init; }

    /// <summary>How long a device may take for an upload.</summary>
    public required TimeSpan SasTtl { get; init; }
    public int Version { get; init; } = 1;
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Kept with each file; see <see cref="IFileStore.Place"/>.</summary>
    public string Place => Target.Place;

    /// <summary>Keeps the secret out of logs.</summary>
    public override string ToString() => Place;
}

/// <summary>What somebody wants the storage to be.</summary>
/// <param name="SasTtl">Null: as it is, an hour at first.</param>
public sealed record FileStorageWish(StorageTarget Target, TimeSpan? SasTtl);

/// <summary>A storage as it lies in the database.</summary>
/// <param name="Storage">Its secret is empty.</param>
public sealed record WrappedStorage(FileStorage Storage, byte[] Secret);
