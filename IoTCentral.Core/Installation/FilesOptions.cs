using IoTCentral.Core.Common;

namespace IoTCentral.Core.Installation;

/// <summary>Files that devices upload: where they lie and how much there may be.</summary>
public sealed record FilesOptions
{
    /// <summary>Full path; null: <c>files</c> in the data folder.</summary>
    public string? Folder { get; init; }

    /// <summary>Most of one file: a firmware log or a picture, not a video archive. Azure's own limit for one request is 5,000.</summary>
    public int MaxMegabytes { get; init; } = 100;

    /// <summary>Most of all files of one application together; 0: no limit but the disk's.</summary>
    public int ApplicationMegabytes { get; init; } = 10_240;

    /// <summary>A file goes after this many days; 0: it stays until somebody deletes it.</summary>
    public int KeepDays { get; init; }

    public long MaxBytes => MaxMegabytes * 1024L * 1024;

    /// <summary>0: no limit.</summary>
    public long ApplicationBytes => ApplicationMegabytes * 1024L * 1024;

    internal IEnumerable<Fault> Faults()
    {
        if (MaxMegabytes is < 1 or > 5000)
            yield return new("Files:MaxMegabytes", $"{MaxMegabytes} is not between 1 and 5000 MB.");
        if (ApplicationMegabytes < 0)
            yield return new(
                "Files:ApplicationMegabytes",
                $"{ApplicationMegabytes} is less than nothing; 0 means no limit."
            );
        if (KeepDays is < 0 or > 36_500)
            yield return new("Files:KeepDays", $"{KeepDays} is not between 0 (for ever) and 36500 days.");
    }
}
