// Расхожие пароли не короче двенадцати знаков и слова, из которых их делают добавлением цифр. Чистые данные.

const WORDS = `
  password password1 password123 passwordpassword password1234 passw0rd p@ssword p@ssw0rd passpasspass
  administrator administrator1 adminadmin adminadminadmin admin123 admin1234 admin12345 admin123456 rootroot rootrootroot
  qwerty qwerty123 qwerty1234 qwerty12345 qwerty123456 qwertyuiop qwertyuiop123 qwertyuiopasdf qwertyuiopasdfgh
  qwertyqwerty qwertyqwerty1 asdfghjkl asdfghjkl123 asdfasdfasdf zxcvbnm zxcvbnm123 zxcvbnmzxcvbnm 1q2w3e4r 1q2w3e4r5t
  1q2w3e4r5t6y 1q2w3e4r5t6y7u 1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv qazwsxedc qazwsxedcrfv qazwsxedcrfvtgb zaq12wsx
  zaq12wsxcde3 123qweasdzxc qweasdzxc qweasdzxc123 qwe123qwe123 abc123abc123 abcd1234abcd a1b2c3d4e5f6 aa12345678
  123456789012 1234567890123 12345678901234 1234567890qwerty 123123123123 121212121212 112233445566 101010101010
  123654123654 147258369147 159753159753 741852963741 987654321987 123456abcdef abcdef123456 abcdefghijkl
  letmein letmeinletmein letmein123 welcome welcome123 welcome1234 welcomewelcome changeme changeme123 changemechangeme
  changeit secret secretsecret secret123 supersecret topsecret iloveyou iloveyou123 iloveyouiloveyou loveyouforever
  football footballfootball baseball basketball superman batman spiderman starwars starwars123 pokemon dragon dragon123
  monkey monkeymonkey sunshine sunshine123 princess princess123 michael michaeljackson jordan23 master mastermaster
  shadow shadow123 trustno1 whatever computer computer123 internet internet123 manchesterunited liverpoolfc arsenal
  default default123 defaultpassword temporary temppassword temp123 testtest testtesttest test123456 testpassword
  user123456 guest guestguest guest123 system systemsystem server server123 database database123 storage storage123
  artstore artstore123 artstoreartstore artstoreadmin correcthorsebatterystaple correct horse battery staple
  пароль пароль123 парольпароль пароль1234 администратор администратор1 админ админадмин секрет секретсекрет
  йцукен йцукен123 йцукенгшщзхъ йцукенгшщ фывапролджэ ячсмитьбю привет приветпривет привет123 любовь люблютебя
  москва москва123 россия россия123 спартак зенитчемпион солнышко наташа максим александр вконтакте одноклассники
  gfhjkm gfhjkmgfhjkm ghbdtn ghbdtnghbdtn qwertyйцукен natasha alexander vladimir krasota nikita
`;

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set([
  ...WORDS.split(/\s+/).filter((word) => word !== ''),
  'correct horse battery staple',
]);
