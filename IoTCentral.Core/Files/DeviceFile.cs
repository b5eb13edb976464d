namespace IoTCentral.Core.Files;

/// <summary>A file that a device has uploaded.</summary>
public sealed record DeviceFile
{
    /// <summary>Of these bytes: what a device uploads by the same name again has another.</summary>
    public required Guid Id { get; init; }

    /// <summary>As the device named it, without its own id in front; may hold slashes.</summary>
    public required string Name { get; init; }
    public required long Size { get; init; }

    /// <summary>For the kinds that are shown in a page it is what the bytes are, whatever the device says.</summary>
    public required string ContentType { get; init; }
    public required byte[] Md5 { get; init; }
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>Which store holds the bytes; see <see cref="IFileStore.Place"/>.</summary>
    public required string Place { get; init; }

    /// <summary>What the device said of it in the end; null: nothing (yet).</summary>
    public bool? IsSuccess { get; init; }

    public FileKind Kind => FileTypes.KindOf(ContentType);
}

/// <summary>What a page can do with a file besides handing it out.</summary>
public enum FileKind
{
    Other,

    /// <summary>One that browsers draw and that can hold no script.</summary>
    Image,
    Text,
    Json,
}

/// <summary>An upload from the device's asking for it until its word of how it went.</summary>
public sealed record FileUpload
{
    /// <summary>The correlation id of the protocol.</summary>
    public required Guid Id { get; init; }
    public required long DeviceKey { get; init; }
    public required string DeviceId { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset Expires { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What is stored of it; null: nothing yet.</summary>
    public DeviceFile? File { get; init; }

    /// <summary>Its device is blocked, or its application suspended.</summary>
    public bool IsBarred { get; init; }

    /// <summary>Its address below the container.</summary>
    public string BlobName => $"{DeviceId}/{Name}";
}

/// <summary>What a device says in the end.</summary>
public sealed record UploadReport(bool IsSuccess, int? StatusCode, string? StatusDescription);
