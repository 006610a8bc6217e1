// Правила сообщений коммитов: Conventional Commits; тема по-русски или по-английски, поэтому её регистр не проверяется.
export default {
  extends: ['@commitlint/config-conventional'],
  rules: {
    'subject-case': [0],
    'header-max-length': [2, 'always', 150],
    'body-max-line-length': [0],
    'footer-max-line-length': [0],
  },
};
