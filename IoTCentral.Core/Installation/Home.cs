namespace IoTCentral.Core.Installation;

/// <summary>Where the program lives: the top of its clone, or the folder of its files when there is no clone around them.</summary>
public static class Home
{
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IoTCentral.sln")))
            {
                return folder.FullName;
            }
        }

        return start;
    }
}
