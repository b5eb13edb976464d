using IoTCentral.Core.Devices;

namespace IoTCentral.Data.Devices;

/// <summary>The words a device is found by: its id and name, whole and in parts, in lower case.</summary>
internal static class DeviceWords
{
    private const int MaxLength = 148;

    public static string[] Of(Device device) => [.. Split(device.Id).Concat(Split(device.Name)).Distinct()];

    /// <summary>What somebody types: each word must begin a word of the device.</summary>
    public static IEnumerable<string> OfSearch(string search) =>
        Lower(search).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(8);

    private static IEnumerable<string> Split(string text)
    {
        foreach (var word in Lower(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            yield return word.Length <= MaxLength ? word : word[..MaxLength];
            var start = -1;
            for (var i = 0; i <= word.Length; i++)
            {
                if (i < word.Length && char.IsLetterOrDigit(word[i]))
                {
                    if (start < 0)
                        start = i;
                }
                else if (start >= 0)
                {
                    if (i - start < word.Length)
                        yield return word[start..i];
                    start = -1;
                }
            }
        }
    }

#pragma warning disable CA1308 // as PostgreSQL's lower() makes the other search keys
    private static string Lower(string text) => text.ToLowerInvariant();
#pragma warning restore CA1308
}
