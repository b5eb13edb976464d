using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting;

/// <summary>The master key of an installation: given by a setting, or kept in <c>master.key</c> of the data folder.</summary>
internal sealed class MasterKeyFile(InstallationOptions options)
{
    private bool _isNew;

    public string FilePath { get; } = Path.Combine(options.DataFolder, "master.key");

    /// <exception cref="InstallationException">The file is damaged.</exception>
    public MasterKey GetOrMake()
    {
        if (options.Security.MasterKey is { } given)
        {
            return Parse(given, "Security:MasterKey");
        }

        if (File.Exists(FilePath))
        {
            return Parse(File.ReadAllText(FilePath), FilePath);
        }

        var key = MasterKey.New();
        Write(key);
        _isNew = true;
        return key;
    }

    /// <summary>Takes back a key that was just made, when it turns out that the database has another one.</summary>
    public void ForgetIfNew()
    {
        if (_isNew)
        {
            File.Delete(FilePath);
        }
    }

    /// <summary>On disk before anything is wrapped with it: without it the secrets are lost.</summary>
    private void Write(MasterKey key)
    {
        var work = $"{FilePath}.new";
        File.Delete(work);
        var mode = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var file = new FileStream(work, mode))
        {
            using var writer = new StreamWriter(file, leaveOpen: true);
            writer.WriteLine(key.ToBase64());
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(work, FilePath);
    }

    private static MasterKey Parse(string text, string source) =>
        MasterKey.TryParse(text, out var key)
            ? key!
            : throw new InstallationException($"{source} does not hold a master key; bring it back from the backup.");
}
