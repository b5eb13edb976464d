using System.Text;

namespace IoTCentral.Core.Files;

/// <summary>
/// Names of files are words to people, never places on a disk. Still they stand in addresses and in names of downloads,
/// so what means a place there is refused.
/// </summary>
internal static class FileName
{
    // Azure's for a blob's name, which has the device's id in front.
    private const int Longest = 1024;
    private const int MostSegments = 254;

    /// <summary>What is wrong with it, as a sentence; null: nothing.</summary>
    public static string? FaultOf(string deviceId, string name)
    {
        if (name.Length == 0)
            return "Say by what name the file is to be stored (blobName).";
        if (deviceId.Length + 1 + name.Length > Longest)
            return $"The name of a file, with the device's id in front, has at most {Longest} characters.";
        if (name.Any(c => char.IsControl(c) || c == '\\') || !IsText(name))
            return "The name of a file has no control characters, no backslash and no half characters.";
        var segments = name.Split('/');
        if (segments.Length > MostSegments || segments.Any(s => s is "" or "." or ".." || s.EndsWith('.')))
            return "Parts of a file's name, between slashes, are neither empty nor dots and do not end with one.";
        return null;
    }

    private static bool IsText(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
                return false;
        }

        return true;
    }
}
