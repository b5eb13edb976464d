using System.Text.Json.Nodes;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Files.Storage;

/// <summary>A container or bucket somewhere else, and what opens it: an <see cref="AzureContainer"/> or an <see cref="S3Bucket"/>.</summary>
public abstract record StorageTarget
{
    private protected StorageTarget() { }

    /// <summary>What must not be shown once it was given.</summary>
    public required string Secret { get; init; }

    /// <summary>See <see cref="IFileStore.Place"/>.</summary>
    public abstract string Place { get; }

    internal abstract IEnumerable<Fault> Faults();

    /// <summary>For the audit log: all but the secret.</summary>
    internal abstract JsonObject Describe();

    /// <summary>Keeps the secret out of logs.</summary>
    public sealed override string ToString() => Place;
}
