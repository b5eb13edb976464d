using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting;

/// <summary>The folder of everything that must survive: master key, CA certificate, own PostgreSQL.</summary>
internal static class DataFolder
{
    /// <summary>Others may pass through it (PostgreSQL runs as another user when we are root), but not look around.</summary>
    private const UnixFileMode Mode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    /// <exception cref="InstallationException">It cannot be made or written.</exception>
    public static void Make(string path)
    {
        try
        {
            Directory.CreateDirectory(path, Mode);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InstallationException(
                $"The data folder {path} cannot be made ({e.Message}); choose another with --data.",
                e
            );
        }
    }
}
