namespace IoTCentral.Web.Ui;

/// <summary>Sizes as people read them; 1 KB is 1,024 bytes, as the limits are.</summary>
internal static class FileSize
{
    private static readonly string[] Units = ["bytes", "KB", "MB", "GB", "TB"];

    public static string Text(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        while (size >= 1024 && unit < Units.Length - 1)
            (size, unit) = (size / 1024, unit + 1);
        // one digit where it says something
        return Figures.WithUnit(size, Units[unit], unit == 0 || size >= 100 || size == Math.Floor(size) ? 0 : 1);
    }
}
