using IoTCentral.Core.Files;

namespace IoTCentral.Data.Files;

/// <summary>A file as a row has it.</summary>
internal record FileRow
{
    public const string Columns =
        "f.name, f.content_id, f.place, f.size, f.content_type, f.md5, f.stored_at, f.is_success";

    public required string Name { get; init; }
    public Guid? ContentId { get; init; }
    public string? Place { get; init; }
    public long? Size { get; init; }
    public string? ContentType { get; init; }
    public byte[]? Md5 { get; init; }
    public DateTimeOffset? StoredAt { get; init; }
    public bool? IsSuccess { get; init; }

    /// <summary>Of a row that has one.</summary>
    public DeviceFile ToFile() =>
        new()
        {
            Id = ContentId!.Value,
            Name = Name,
            Size = Size!.Value,
            ContentType = ContentType!,
            Md5 = Md5!,
            StoredAt = StoredAt!.Value,
            Place = Place!,
            IsSuccess = IsSuccess,
        };
}

internal sealed record UploadRow : FileRow
{
    public required Guid UploadId { get; init; }
    public required long DeviceKey { get; init; }
    public required string DeviceId { get; init; }
    public required DateTimeOffset Expires { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public required bool IsBarred { get; init; }

    public FileUpload ToUpload() =>
        new()
        {
            Id = UploadId,
            DeviceKey = DeviceKey,
            DeviceId = DeviceId,
            Name = Name,
            Expires = Expires,
            EndedAt = EndedAt,
            IsBarred = IsBarred,
            File = ContentId is null ? null : ToFile(),
        };
}
