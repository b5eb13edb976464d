namespace IoTCentral.Data.Server;

/// <summary>A small file that nobody but its owner can read.</summary>
internal static class SecretFile
{
    /// <summary>Whole or not at all: written beside and renamed, since a half written password locks its cluster for good.</summary>
    public static async Task WriteAsync(string path, string content, CancellationToken ct)
    {
        var work = $"{path}.new";
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using (var file = new FileStream(work, options))
        await using (var writer = new StreamWriter(file))
        {
            await writer.WriteLineAsync(content.AsMemory(), ct);
            await writer.FlushAsync(ct);
            file.Flush(flushToDisk: true);
        }

        File.Move(work, path, overwrite: true);
    }
}
