using IoTCentral.Core.Files.Storage;

namespace IoTCentral.Core.Tests.Files;

public sealed class StorageTextTests
{
    [Theory]
    [InlineData(
        "AccountName=a;AccountKey=c2VjcmV0==;EndpointSuffix=b",
        "AccountName=a;AccountKey=*****;EndpointSuffix=b"
    )]
    [InlineData("accountkey = c2VjcmV0==", "accountkey=*****")]
    [InlineData("SharedAccessSignature=sv=1&sig=x", "SharedAccessSignature=*****")]
    public void What_is_secret_is_never_shown(string text, string shown) =>
        Assert.Equal(shown, StorageText.Masked(text));

    [Theory]
    [InlineData("AccountName=a;AccountKey=k", "files", 1, "")]
    [InlineData("AccountName=a;SharedAccessSignature=s", "my-files-2", 24, "")]
    [InlineData("AccountName=a", "files", 1, "connectionString")]
    [InlineData("UseDevelopmentStorage=true", "files", 1, "connectionString")]
    [InlineData("", "files", 1, "connectionString")]
    [InlineData("AccountName=a;AccountKey=k", "Files", 1, "container")]
    [InlineData("AccountName=a;AccountKey=k", "a--b", 1, "container")]
    [InlineData("AccountName=a;AccountKey=k", "../x", 1, "container")]
    [InlineData("AccountName=a;AccountKey=k", "files", 25, "sasTtl")]
    [InlineData("AccountName=a;AccountKey=k", "files", 0, "sasTtl")]
    public void Account_container_and_time_are_checked(string text, string container, int hours, string fault)
    {
        var storage = new FileStorage
        {
            Target = AzureContainer.Of(text, container),
            SasTtl = TimeSpan.FromHours(hours),
        };

        Assert.Equal(fault, string.Join(' ', StorageText.FaultsOf(storage).Select(f => f.Path)));
    }
}
