using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>
/// Finds other programs where the PATH says, and nowhere else: .NET by itself looks into the working directory first,
/// where anybody may have put a file called <c>id</c>, and where ours has one called <c>test</c>.
/// </summary>
internal static class Programs
{
    /// <param name="program">A name, or a path that is taken as it is.</param>
    /// <exception cref="InstallationException">It is not installed.</exception>
    public static string Find(string program) => Find(program, System.Environment.GetEnvironmentVariable("PATH"));

    internal static string Find(string program, string? path)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return program;
        }

        // An empty or relative entry means the working directory, too.
        return (path ?? "")
                .Split(':')
                .Where(folder => folder.StartsWith('/'))
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(IsExecutable)
            ?? throw new InstallationException($"The program '{program}' is needed and is not installed.");
    }

    private static bool IsExecutable(string file) =>
        File.Exists(file)
        && (
            File.GetUnixFileMode(file)
            & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)
        ) != UnixFileMode.None;
}
